"""Facts of the model as the inputs of Terraform modules: bindings and recorded inputs are data, one file per module and major."""
