// SPDX-License-Identifier: Apache-2.0
// CloudFormation: the same machines as the Terraform target, as one template.
#include <fmt/format.h>
#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include "instances/emit/list.hpp"  // cloudformation

namespace tenfold::bench {
namespace {

using json = nlohmann::ordered_json;

json reference(const char* name) { return {{"Ref", name}}; }
json tags_of(const bench_plan& plan, const std::string& name) {
    return json::array({{{"Key", "Name"}, {"Value", name}},
                        {{"Key", "project"}, {"Value", "tenfold-bench"}},
                        {{"Key", "campaign"}, {"Value", plan.campaign}}});
}

/// Letters and digits: CloudFormation's names of resources.
std::string resource_name(const std::string& id) {
    std::string name = "Slot";
    bool begins = true;
    for (char c : id) {
        if (c == '-') {
            begins = true;
        } else {
            name += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            begins = false;
        }
    }
    return name;
}

json instance_of(const emit_request& request, const plan_slot& slot) {
    std::string script = "#!/bin/bash\n";
    for (const auto& [name, value] : script_variables(request, slot)) script += fmt::format("{}='{}'\n", name, value);
    json launch = {{"LaunchTemplateId", reference("Launch")}, {"Version", {{"Fn::GetAtt", {"Launch", "LatestVersionNumber"}}}}};
    return {{"Type", "AWS::EC2::Instance"},
            {"Properties",
             {{"LaunchTemplate", launch},
              {"ImageId", reference(slot.arch == "arm64" ? "ImageArm" : "ImageX86")},
              {"InstanceType", slot.type},
              {"SubnetId", reference("SubnetId")},
              {"UserData", {{"Fn::Base64", script + measuring_script()}}},
              {"Tags", tags_of(request.plan, "tenfold-bench-" + request.plan.campaign + "-" + slot.id)}}}};
}

emitted_files make_cloudformation(const emit_request& request) {
    const bench_plan& plan = request.plan;
    json document{{"AWSTemplateFormatVersion", "2010-09-09"}, {"Description", "tenfold-bench, campaign " + plan.campaign}};
    bool has_arm = false, has_x86 = false;
    for (const plan_slot& slot : plan.slots) (slot.arch == "arm64" ? has_arm : has_x86) = true;
    json parameters, resources, outputs;  // assigned last: an ordered object moves when it grows
    if (has_x86)
        parameters["ImageX86"] = {{"Type", "AWS::EC2::Image::Id"}, {"Description", "x86_64 image with docker and the aws command"}};
    if (has_arm) parameters["ImageArm"] = {{"Type", "AWS::EC2::Image::Id"}, {"Description", "arm64 image with docker and the aws command"}};
    parameters["VpcId"] = {{"Type", "AWS::EC2::VPC::Id"}};
    parameters["SubnetId"] = {{"Type", "AWS::EC2::Subnet::Id"}};
    // Under another name the disk would be a second one, and the root would stay as small and plain as the image has it.
    parameters["RootDevice"] = {{"Type", "String"},
                                {"AllowedPattern", "^/dev/[a-z0-9]+$"},
                                {"Description", "Root device name of the image: /dev/xvda for Amazon Linux, /dev/sda1 for Ubuntu"}};

    const json assume = {
        {"Version", "2012-10-17"},
        {"Statement",
         json::array({{{"Effect", "Allow"}, {"Principal", {{"Service", "ec2.amazonaws.com"}}}, {"Action", "sts:AssumeRole"}}})}};
    // A machine may write records below its campaign's prefix. It cannot read, list or delete.
    const json put = {{"Version", "2012-10-17"},
                      {"Statement", json::array({{{"Effect", "Allow"},
                                                  {"Action", "s3:PutObject"},
                                                  {"Resource",
                                                   {{"Fn::Sub", fmt::format("arn:${{AWS::Partition}}:s3:::{}/{}/{}/*", request.bucket,
                                                                            request.prefix, plan.campaign)}}}}})}};
    resources["Role"] = {
        {"Type", "AWS::IAM::Role"},
        {"Properties",
         {{"AssumeRolePolicyDocument", assume}, {"Policies", json::array({{{"PolicyName", "put-records"}, {"PolicyDocument", put}}})}}}};
    resources["Profile"] = {{"Type", "AWS::IAM::InstanceProfile"}, {"Properties", {{"Roles", json::array({reference("Role")})}}}};
    resources["Closed"] = {{"Type", "AWS::EC2::SecurityGroup"},
                           {"Properties",
                            {{"GroupDescription", "tenfold-bench: no inbound traffic"},
                             {"VpcId", reference("VpcId")},
                             {"SecurityGroupEgress", json::array({{{"IpProtocol", "tcp"},
                                                                   {"FromPort", 443},
                                                                   {"ToPort", 443},
                                                                   {"CidrIp", "0.0.0.0/0"},
                                                                   {"Description", "image and records"}}})}}}};
    json launch = {
        {"IamInstanceProfile", {{"Arn", {{"Fn::GetAtt", {"Profile", "Arn"}}}}}},
        {"SecurityGroupIds", json::array({{{"Fn::GetAtt", {"Closed", "GroupId"}}}})},
                   // The script's first act is `shutdown -h +MINUTES`: with this, the machine is gone for good then.
        {"InstanceInitiatedShutdownBehavior", "terminate"},
        {"MetadataOptions", {{"HttpTokens", "required"}, {"HttpPutResponseHopLimit", 2}}},
        {"BlockDeviceMappings",
         json::array({{{"DeviceName", reference("RootDevice")},
                       {"Ebs", {{"VolumeType", "gp3"}, {"VolumeSize", 64}, {"Encrypted", true}, {"DeleteOnTermination", true}}}}})}};
    if (plan.slots.front().allocation == "spot")
        launch["InstanceMarketOptions"] = {
            {"MarketType", "spot"}, {"SpotOptions", {{"SpotInstanceType", "one-time"}, {"InstanceInterruptionBehavior", "terminate"}}}};
    resources["Launch"] = {{"Type", "AWS::EC2::LaunchTemplate"}, {"Properties", {{"LaunchTemplateData", launch}}}};
    for (const plan_slot& slot : plan.slots) {
        resources[resource_name(slot.id)] = instance_of(request, slot);
        outputs[resource_name(slot.id)] = {
            {"Description", "Where its records will be"},
            {"Value", fmt::format("s3://{}/{}/{}/{}/", request.bucket, request.prefix, plan.campaign, slot.id)}};
    }
    document["Parameters"] = parameters;
    document["Resources"] = resources;
    document["Outputs"] = outputs;
    return {{"template.json", document.dump(2) + "\n"}};
}

}  // namespace

emit_target targets::cloudformation() { return {"cloudformation", "The same machines as one stack", make_cloudformation, true}; }

}  // namespace tenfold::bench
