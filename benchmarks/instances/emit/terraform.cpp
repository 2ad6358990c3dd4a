// SPDX-License-Identifier: Apache-2.0
// Terraform for AWS: a machine per slot that may put records under one prefix and nothing else, and that ends itself.
#include <fmt/format.h>
#include <algorithm>  // std::max

#include "instances/emit/list.hpp"  // terraform
#include "instances/errors.hpp"     // data_error

namespace tenfold::bench {
namespace {

constexpr std::string_view main_file = R"hcl(terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "@REGION@"
  default_tags {
    tags = {
      project  = "tenfold-bench"
      campaign = "@CAMPAIGN@"
    }
  }
}

locals {
  spot = @SPOT@
  slots = {
@SLOTS@
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
    resources = ["arn:aws:s3:::@BUCKET@/@PREFIX@/@CAMPAIGN@/*"]
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
    "IMAGE='@IMAGE@'",
    "GPUS='${each.value.gpus}'",
    "ARGUMENTS='${each.value.arguments}'",
    "STORE='s3://@BUCKET@/@PREFIX@/@CAMPAIGN@/${each.key}'",
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
    Name = "tenfold-bench-@CAMPAIGN@-${each.key}"
  }
}

resource "aws_budgets_budget" "campaign" {
  name         = "tenfold-bench-@CAMPAIGN@"
  budget_type  = "COST"
  limit_amount = "@BUDGET@"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:campaign$@CAMPAIGN@"]
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
  value       = { for slot, machine in local.slots : slot => "s3://@BUCKET@/@PREFIX@/@CAMPAIGN@/${slot}/" }
}
)hcl";

constexpr std::string_view variables_file = R"hcl(variable "image_id" {
  description = "Machine image per architecture (x86_64, arm64), with docker, the aws command and, for GPUs, the driver"
  type        = map(string)
}

variable "vpc_id" {
  description = "Network that holds the subnet"
  type        = string
}

variable "subnet_id" {
  description = "Subnet with a way to the image's registry and to S3; private, if it has endpoints for both"
  type        = string
}

variable "alarm_email" {
  description = "Who hears when 80 % of the budget are spent"
  type        = string
}
)hcl";

emitted_files make_terraform(const emit_request& request) {
    const bench_plan& plan = request.plan;
    std::string slots;
    std::size_t longest = 0;  // the formatter aligns what stands below each other
    for (const plan_slot& slot : plan.slots) longest = std::max(longest, slot.id.size() + 2);
    for (const plan_slot& slot : plan.slots)
        slots += fmt::format("{}    {:<{}} = {{ type = \"{}\", arch = \"{}\", minutes = {}, gpus = \"{}\", arguments = \"{}\" }}",
                             slots.empty() ? "" : "\n", "\"" + slot.id + "\"", longest, slot.type, slot.arch, slot.minutes,
                             slot.accelerators > 0 ? "all" : "", measuring_command(plan, slot, "/out"));
    return {{"main.tf", filled(main_file, {{"REGION", plan.slots.front().region},
                                           {"CAMPAIGN", plan.campaign},
                                           {"SPOT", plan.slots.front().allocation == "spot" ? "true" : "false"},
                                           {"SLOTS", slots},
                                           {"BUCKET", request.bucket},
                                           {"PREFIX", request.prefix},
                                           {"IMAGE", request.image},
                                           {"BUDGET", plan.budget.text()}})},
            {"variables.tf", std::string(variables_file)},
            {"measure.sh", measuring_script()}};
}

}  // namespace

emit_target targets::terraform() { return {"terraform", "Machines on AWS with everything around them", make_terraform, true}; }

}  // namespace tenfold::bench
