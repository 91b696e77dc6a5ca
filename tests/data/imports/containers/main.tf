locals {
  name  = "media-${var.environment}"
  zones = ["eu-central-1a", "eu-central-1b"]
}

module "network" {
  source = "./network"
  name   = local.name
  zones  = local.zones
}

resource "aws_ecs_cluster" "this" { name = local.name }

resource "aws_ecr_repository" "service" {
  for_each             = toset(["api", "encoder"])
  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration { scan_on_push = true }
}

resource "aws_iam_role" "task" {
  name               = "${local.name}-task"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_s3_bucket" "media" { bucket = "${local.name}-files" }

resource "aws_efs_file_system" "work" {
  encrypted = true
  tags      = { Name = "${local.name}-work" }
}

resource "aws_efs_mount_target" "work" {
  count           = 2
  file_system_id  = aws_efs_file_system.work.id
  subnet_id       = module.network.private_subnets[count.index]
  security_groups = [aws_security_group.work.id]
}

resource "aws_security_group" "api" {
  name   = "${local.name}-api"
  vpc_id = module.network.vpc_id
}

resource "aws_security_group" "work" {
  name   = "${local.name}-work"
  vpc_id = module.network.vpc_id
  ingress {
    from_port       = 2049
    to_port         = 2049
    protocol        = "tcp"
    security_groups = [aws_security_group.encoder.id]
  }
}

resource "aws_security_group" "encoder" {
  name   = "${local.name}-encoder"
  vpc_id = module.network.vpc_id
}

resource "aws_sqs_queue" "jobs" { name = "${local.name}-jobs" }

resource "aws_ecs_task_definition" "service" {
  for_each                 = { api = 512, encoder = 2048 }
  family                   = "${local.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = each.value
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([{ name = each.key, image = "${aws_ecr_repository.service[each.key].repository_url}:1", essential = true, portMappings = [{ containerPort = 8080 }], environment = [{ name = "JOBS", value = aws_sqs_queue.jobs.url }, { name = "TOKEN", value = "planted-secret-4" }] }])
}

resource "aws_lb" "api" {
  name               = local.name
  load_balancer_type = "application"
  subnets            = module.network.public_subnets
}

resource "aws_lb_target_group" "api" {
  name        = "${local.name}-api"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.network.vpc_id
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.api.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.service["api"].arn
  desired_count   = 2
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = module.network.private_subnets
    security_groups = [aws_security_group.api.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 8080
  }
}

resource "aws_ecs_service" "encoder" {
  name            = "encoder"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.service["encoder"].arn
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = module.network.private_subnets
    security_groups = [aws_security_group.encoder.id]
  }
}

resource "aws_cloudfront_origin_access_control" "media" {
  name                              = local.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "media" {
  enabled = true
  origin {
    domain_name              = aws_s3_bucket.media.bucket_regional_domain_name
    origin_id                = "media"
    origin_access_control_id = aws_cloudfront_origin_access_control.media.id
  }
  default_cache_behavior {
    target_origin_id       = "media"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    forwarded_values {
      query_string = false
      cookies { forward = "none" }
    }
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
