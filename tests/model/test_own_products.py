"""A product of the cloud is in the cloud, whatever its kind, and what is global is in none of its regions."""

from __future__ import annotations

import pytest

from archgen.analysis.failure import of_region
from archgen.analysis.grouping import by_place
from archgen.artifacts import component_pages, terraform_pages
from archgen.artifacts._tables import place_name
from archgen.artifacts.base import Context
from archgen.model.architecture import Architecture
from archgen.project import Project, load
from archgen.views._graphs import Graphs

MODEL = """\
version: 1
name: Shop
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a]}
  gcp: {region: europe-west1, availability_zones: [europe-west1-b]}
  azure: {region: westeurope, availability_zones: ["1"]}
environments:
  prod:
    name: Prod
    aws: {account: main, cidr: 10.0.0.0/16}
    gcp: {project: main-prod, cidr: 10.0.0.0/16}
    azure: {subscription: main-sub, cidr: 10.0.0.0/16}
components:
  build:
    kind: ci-pipeline
    title: Build
    when: {aws: {product: codebuild}, gcp: {product: cloud-build}, azure: {product: azure-pipelines}}
    calls: {images: {data: sent}}
  hub: {kind: ci-pipeline, title: Hub, product: github-actions}
  own:
    kind: ci-pipeline
    title: Own
    placement: outside
    when: {aws: {product: codebuild}, gcp: {product: cloud-build}, azure: {product: azure-pipelines}}
  images: {kind: registry, title: Images, when: {aws: {product: ecr}, gcp: {product: artifact-registry}, azure: {product: acr}}}
  way-in:
    kind: workload-federation
    title: Way in
    when: {aws: {product: iam-roles}, gcp: {product: workload-identity-federation}, azure: {product: managed-identities}}
"""


@pytest.fixture(scope="module")
def architectures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Architecture]:
    file = tmp_path_factory.mktemp("own") / "architecture.yaml"
    file.write_text(MODEL)
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return {at.cloud: a for at, a in loaded.project.resolved.architectures.items()}


def placed(a: Architecture, name: str) -> tuple[str, list[str], str, str]:
    component = a.components[name]
    return a.place(component), list(a.regions_of(component)), by_place(a, name)[1], place_name(a, component)


@pytest.mark.parametrize(("cloud", "region"), [("aws", "eu-west-1"), ("gcp", "europe-west1")])
def test_a_pipeline_of_the_cloud_is_in_its_region(
    architectures: dict[str, Architecture], cloud: str, region: str
) -> None:
    a = architectures[cloud]
    assert placed(a, "build") == ("managed", ["home"], f"Region {region}", "Regional service")
    assert placed(a, "hub") == placed(a, "own") == ("outside", [], "Outside", "Outside")


def test_what_a_vendor_runs_apart_from_its_cloud_is_outside(architectures: dict[str, Architecture]) -> None:
    assert placed(architectures["azure"], "build") == ("outside", [], "Outside", "Outside")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_global_service_is_in_no_region(architectures: dict[str, Architecture], cloud: str) -> None:
    assert placed(architectures[cloud], "way-in") == ("managed", [], "Global services", "Global service")


def test_whether_a_global_service_survives_the_loss_of_a_region_is_only_known_if_its_vendor_says_so(
    architectures: dict[str, Architecture],
) -> None:
    assert "way-in" not in of_region(architectures["aws"], "home").unknown
    (lack,) = of_region(architectures["gcp"], "home").unknown["way-in"]
    assert lack.what == "whether Workload Identity Federation, which 'way-in' uses, survives the loss of a region"


def test_people_and_what_is_outside_have_no_name_in_the_cloud(reference: Project) -> None:
    a = reference.resolved.standing("aws", "dev")
    assert component_pages._name_there(a, "database") == {"identifier": "innovate-dev-database"}
    assert component_pages._name_there(a, "users") == component_pages._name_there(a, "repository") == {}


def test_a_stack_that_only_one_cloud_has_shows_its_commands(reference: Project) -> None:
    context = Context(reference, Graphs(reference.resolved))
    for stack, cloud in (("01-network", "gcp"), ("02-gke-cluster", "gcp"), ("02-eks-cluster", "aws")):
        assert f"-chdir=infra/{cloud}/{stack} apply" in terraform_pages._cloud(context, cloud, stack)["commands"]


def test_a_page_names_the_place_on_each_cloud_if_they_differ(reference: Project) -> None:
    context = Context(reference, Graphs(reference.resolved))
    assert component_pages._places(context, "ci") == "Outside (AWS), Regional service (GCP)"
    assert component_pages._places(context, "cluster-way-in") == "Regional service"  # only one cloud has it
    assert component_pages._places(context, "database") == "Private data"
