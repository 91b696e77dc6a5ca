locals { name = "parcels-${var.environment}" }

resource "aws_sqs_queue" "failed" {
  name                      = "${local.name}-failed"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "orders" {
  name                       = "${local.name}-orders"
  message_retention_seconds  = 345600
  visibility_timeout_seconds = 180
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn, maxReceiveCount = 5 })
}

resource "aws_sns_topic" "placed" { name = "${local.name}-placed" }

resource "aws_sns_topic_subscription" "orders" {
  topic_arn = aws_sns_topic.placed.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}

resource "aws_sqs_queue_policy" "orders" {
  queue_url = aws_sqs_queue.orders.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = aws_sqs_queue.orders.arn }] })
}

resource "aws_dynamodb_table" "parcels" {
  name         = "${local.name}-parcels"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "parcelId"
  attribute {
    name = "parcelId"
    type = "S"
  }
  point_in_time_recovery { enabled = var.environment == "prod" }
  server_side_encryption { enabled = true }
}

resource "aws_iam_role" "worker" {
  name               = "${local.name}-worker"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_role_policy" "worker" {
  name   = "table"
  role   = aws_iam_role.worker.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["dynamodb:PutItem", "dynamodb:GetItem"], Resource = aws_dynamodb_table.parcels.arn }, { Effect = "Allow", Action = ["sqs:ReceiveMessage"], Resource = aws_sqs_queue.orders.arn }] })
}

resource "aws_lambda_function" "worker" {
  function_name = "${local.name}-worker"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  filename      = "${path.module}/code.zip"
  timeout       = 30
  memory_size   = var.environment == "prod" ? 512 : 256
  environment {
    variables = {
      TABLE        = aws_dynamodb_table.parcels.name
      API_PASSWORD = "planted-secret-1"
    }
  }
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_sqs_queue.orders.arn
  function_name    = aws_lambda_function.worker.arn
  batch_size       = 10
}

resource "aws_cloudwatch_log_group" "worker" {
  name              = "/aws/lambda/${local.name}-worker"
  retention_in_days = 30
}

resource "aws_s3_bucket" "labels" { bucket = "${local.name}-labels" }

resource "aws_s3_bucket_versioning" "labels" {
  bucket = aws_s3_bucket.labels.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_public_access_block" "labels" {
  bucket                  = aws_s3_bucket.labels.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_secretsmanager_secret" "carrier" { name = "${local.name}-carrier" }

resource "aws_secretsmanager_secret_version" "carrier" {
  secret_id     = aws_secretsmanager_secret.carrier.id
  secret_string = "planted-secret-2"
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.name}-nightly"
  schedule_expression = "cron(30 2 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_lambda_function.worker.arn
}
