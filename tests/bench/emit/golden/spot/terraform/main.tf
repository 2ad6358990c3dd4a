terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = {
      project  = "tenfold-bench"
      campaign = "c1"
    }
  }
}

locals {
  spot = true
  slots = {
    "m8i-xlarge-0" = { type = "m8i.xlarge", arch = "x86_64", minutes = 30, gpus = "", arguments = "run --suite standard --quiet --resume --grace 12 --out /out/m8i-xlarge-0.json" }
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

# A machine may write records below its campaign's prefix. It cannot read, list or delete.
data "aws_iam_policy_document" "put_records" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::records-bucket/tenfold/c1/*"]
  }
}

resource "aws_iam_role" "bench" {
  name_prefix        = "tenfold-bench-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "put_records" {
  name_prefix = "put-records-"
  role        = aws_iam_role.bench.id
  policy      = data.aws_iam_policy_document.put_records.json
}

resource "aws_iam_instance_profile" "bench" {
  name_prefix = "tenfold-bench-"
  role        = aws_iam_role.bench.name
}

# Nothing comes in; out go the image, the records and the time.
resource "aws_security_group" "bench" {
  name_prefix = "tenfold-bench-"
  description = "tenfold-bench: no inbound traffic"
  vpc_id      = var.vpc_id
  egress {
    description = "image and records"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "bench" {
  for_each               = local.slots
  ami                    = var.image_id[each.value.arch]
  instance_type          = each.value.type
  subnet_id              = var.subnet_id
  vpc_security_group_ids = [aws_security_group.bench.id]
  iam_instance_profile   = aws_iam_instance_profile.bench.name
  # The script's first act is `shutdown -h +MINUTES`: with this, the machine is gone for good then.
  instance_initiated_shutdown_behavior = "terminate"
  user_data_replace_on_change          = true
  user_data = join("\n", [
    "#!/bin/bash",
    "MINUTES='${each.value.minutes}'",
    "IMAGE='registry.example/tenfold-bench@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
    "GPUS='${each.value.gpus}'",
    "ARGUMENTS='${each.value.arguments}'",
    "STORE='s3://records-bucket/tenfold/c1/${each.key}'",
    file("${path.module}/measure.sh"),
  ])

  dynamic "instance_market_options" {
    for_each = local.spot ? [1] : []
    content {
      market_type = "spot"
      spot_options {
        instance_interruption_behavior = "terminate"
        spot_instance_type             = "one-time"
      }
    }
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = 64
    encrypted             = true
    delete_on_termination = true
  }

  tags = {
    Name = "tenfold-bench-c1-${each.key}"
  }
}

resource "aws_budgets_budget" "campaign" {
  name         = "tenfold-bench-c1"
  budget_type  = "COST"
  limit_amount = "10"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:campaign$c1"]
  }
  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    notification_type          = "ACTUAL"
    subscriber_email_addresses = [var.alarm_email]
  }
}

output "records" {
  description = "Where the records will be"
  value       = { for slot, machine in local.slots : slot => "s3://records-bucket/tenfold/c1/${slot}/" }
}
