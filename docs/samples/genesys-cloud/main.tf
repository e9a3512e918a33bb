# The roles and OAuth clients of the EX Engage Connector, for Terraform with the provider "genesyscloud" (CX as Code).
# One role and one client for each service. `role = "ex-integration"` gives all three the built-in role of that name
# in place of the own ones.
#
#   export GENESYSCLOUD_OAUTHCLIENT_ID=… GENESYSCLOUD_OAUTHCLIENT_SECRET=… GENESYSCLOUD_REGION=us-east-1
#   terraform init && terraform plan
#
# Resource and attribute names follow the documentation of the provider. The project could not run `terraform validate`
# on this file: look at the plan before you apply it.

terraform {
  required_version = ">= 1.5"
  required_providers {
    genesyscloud = {
      source = "mypurecloud/genesyscloud"
    }
  }
}

provider "genesyscloud" {}

variable "name" {
  description = "First words of the names of roles and clients; one for each deployment."
  type        = string
  default     = "EX Engage Connector"
}

variable "role" {
  description = "own: a role for each service that allows what it needs. ex-integration: the built-in role."
  type        = string
  default     = "own"
  validation {
    condition     = contains(["own", "ex-integration"], var.role)
    error_message = "Give own or ex-integration."
  }
}

locals {
  # Section of hybrid_integration => domain:entity => actions. Compared with docs/guide/prepare.md by a test.
  permissions = {
    config_sync = {
      "authorization:grant"         = ["add", "delete", "view"]
      "authorization:role"          = ["view"]
      "directory:user"              = ["add", "edit", "view"]
      "presence:presenceDefinition" = ["view"]
      "presence:settings"           = ["view"]
      "presence:source"             = ["add", "edit", "view"]
      "presence:userPrimarySource"  = ["edit", "view"]
      "routing:queue"               = ["add", "edit", "view"]
      "routing:skill"               = ["assign", "manage", "view"]
      "routing:wrapupCode"          = ["add", "edit", "view"]
    }
    agent_state_sync = {
      "presence:presenceDefinition" = ["view"]
      "presence:userPresence"       = ["inject"]
      "routing:routingstatus"       = ["inject"]
    }
    conversation_provider = {
      "conversation:conversation" = ["inject"]
    }
  }
}

data "genesyscloud_auth_division_home" "home" {}

data "genesyscloud_auth_role" "ex_integration" {
  count = var.role == "ex-integration" ? 1 : 0
  name  = "EX Integration"
}

resource "genesyscloud_auth_role" "service" {
  for_each    = var.role == "own" ? local.permissions : {}
  name        = "${var.name} ${each.key}"
  description = "What the section ${each.key} of hybrid_integration needs"

  dynamic "permission_policies" {
    for_each = each.value
    content {
      domain      = split(":", permission_policies.key)[0]
      entity_name = split(":", permission_policies.key)[1]
      action_set  = permission_policies.value
    }
  }
}

resource "genesyscloud_oauth_client" "service" {
  for_each                      = local.permissions
  name                          = "${var.name} ${each.key}"
  description                   = "Section ${each.key} of the transaction hybrid_integration"
  authorized_grant_type         = "CLIENT-CREDENTIALS"
  access_token_validity_seconds = 86400
  state                         = "active"
  # The secret is then in the Terraform state: keep that encrypted. Without it, read the secret in the admin pages.
  expose_client_secret = true

  roles {
    role_id     = var.role == "own" ? genesyscloud_auth_role.service[each.key].id : data.genesyscloud_auth_role.ex_integration[0].id
    division_id = data.genesyscloud_auth_division_home.home.id
  }
}

output "hybrid_integration" {
  description = "client_id and client_secret of each section. Show them with: terraform output -json hybrid_integration"
  sensitive   = true
  value = {
    for section, client in genesyscloud_oauth_client.service :
    section => { client_id = client.client_id, client_secret = client.client_secret }
  }
}
