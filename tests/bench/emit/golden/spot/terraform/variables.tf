variable "image_id" {
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
