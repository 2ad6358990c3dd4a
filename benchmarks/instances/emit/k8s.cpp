// SPDX-License-Identifier: Apache-2.0
// Kubernetes: an indexed Job per type, whose pods land on different nodes of that type; a node pool that grows for them.
#include <fmt/format.h>

#include "instances/emit/list.hpp"  // k8s
#include "instances/errors.hpp"     // data_error

namespace tenfold::bench {
namespace {

// Grace: GKE gives spot pods 15 s, AKS 30 s, EKS with spot 120 s; the program needs what it is given here.
constexpr std::string_view job = R"yaml(apiVersion: batch/v1
kind: Job
metadata:
  name: @NAME@
  namespace: tenfold-bench
  labels:
    app: tenfold-bench
    campaign: "@CAMPAIGN@"
spec:
  completionMode: Indexed
  completions: @COUNT@
  parallelism: @COUNT@
  backoffLimitPerIndex: 3
  activeDeadlineSeconds: @DEADLINE@
  ttlSecondsAfterFinished: 86400
  podFailurePolicy:
    rules:
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      - action: FailIndex
        onExitCodes:
          containerName: bench
          operator: In
          values: [64, 65, 70]
  template:
    metadata:
      labels:
        app: tenfold-bench
        campaign: "@CAMPAIGN@"
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 15
      nodeSelector:
        node.kubernetes.io/instance-type: "@TYPE@"
@SELECTORS@      tolerations:
        - key: tenfold-bench
          operator: Exists
          effect: NoSchedule
@TOLERATIONS@      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector:
                matchLabels:
                  app: tenfold-bench
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: bench
          image: "@IMAGE@"
          args:
@ARGUMENTS@          env:
            - name: TENFOLD_BENCH_INSTANCE
              value: "@INSTANCE@"
          resources:
            requests:
              cpu: "@CPU@"
              memory: @MEMORY@
            limits:
              memory: @MEMORY@
@GPUS@          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: out
              mountPath: /out
      volumes:
        - name: out
          persistentVolumeClaim:
            claimName: tenfold-out
)yaml";

constexpr std::string_view common = R"yaml(apiVersion: v1
kind: Namespace
metadata:
  name: tenfold-bench
  labels:
    pod-security.kubernetes.io/enforce: restricted
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: tenfold-out
  namespace: tenfold-bench
spec:
  accessModes: [ReadWriteMany]
  resources:
    requests:
      storage: 1Gi
---
# A measuring pod talks to nobody.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: no-traffic
  namespace: tenfold-bench
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
)yaml";

// Pending pods that ask for a type make Karpenter launch it; an empty node goes after a minute.
constexpr std::string_view node_pool = R"yaml(apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: tenfold-bench
spec:
  limits:
@LIMITS@  disruption:
    consolidationPolicy: WhenEmpty
    consolidateAfter: 1m
  template:
    metadata:
      labels:
        tenfold-bench: measuring
    spec:
      # Nothing else runs beside a measurement.
      taints:
        - key: tenfold-bench
          effect: NoSchedule
      expireAfter: 24h
      nodeClassRef:
        group: karpenter.k8s.aws
        kind: EC2NodeClass
        name: default
      requirements:
        - key: karpenter.sh/capacity-type
          operator: In
          values: [@CAPACITY@]
        - key: node.kubernetes.io/instance-type
          operator: In
          values: [@TYPES@]
)yaml";

/// What brings a pod to the capacity that was planned: without it, a spot plan could land on demand. Only AWS has a node pool
/// here; elsewhere the cluster's own nodes are used.
std::string selectors_of(const plan_slot& slot) {
    const bool spot = slot.allocation == "spot";
    if (slot.provider == "aws")
        return fmt::format("        tenfold-bench: measuring\n        karpenter.sh/capacity-type: {}\n", spot ? "spot" : "on-demand");
    if (!spot) return "";
    if (slot.provider == "gcp") return "        cloud.google.com/gke-spot: \"true\"\n";
    throw data_error("target k8s knows no label that selects spot nodes of " + slot.provider + "; plan on_demand there");
}

emitted_files make_k8s(const emit_request& request) {
    const bench_plan& plan = request.plan;
    emitted_files files;
    files["00-namespace.yaml"] = std::string(common);
    std::string types;
    int gpus = 0, cpus = 0;
    for (const plan_slot& slot : plan.slots) {
        if (slot.provider != plan.slots.front().provider)
            throw data_error("a cluster is at one provider; make a plan for each, or take the target skypilot");
        if (slot.vcpus < 2 || slot.memory_gib < 2)
            throw data_error("target k8s asks for the cores and the memory of " + slot.provider + "/" + slot.type +
                             ", and the catalog does not know them or they are less than 2 vCPUs and 2 GiB");
    }
    for (const auto& [name, slots] : slots_by_type(plan)) {
        const plan_slot& first = slots.front();
        const std::string job_name = "tenfold-" + plan.campaign + "-" + slug(first.type);
        // The pod's index is part of the name, not the slot's number: Kubernetes replaces $(...) in arguments.
        plan_slot indexed = first;
        indexed.id = slug(first.type) + "-$(JOB_COMPLETION_INDEX)";
        std::string arguments;
        for (const std::string& argument : measuring_arguments(plan, indexed, "/out"))
            arguments += fmt::format("            - \"{}\"\n", argument);
        // One CPU and a quarter of the memory stay for the node's own pods. The CPUs are not limited: unless the kubelet has the
        // static CPU manager, a limit pins nothing but stops the program's threads as soon as the quota of a period is used up.
        const int cpu = first.vcpus - 1;
        const bool has_gpus = first.accelerators > 0;
        files[fmt::format("job-{}.yaml", slug(first.type))] = filled(
            job,
            {{"NAME", job_name},
             {"CAMPAIGN", plan.campaign},
             {"COUNT", std::to_string(slots.size())},
             {"DEADLINE", std::to_string(first.minutes * 60)},
             {"TYPE", first.type},
             {"TOLERATIONS", has_gpus ? "        - key: nvidia.com/gpu\n          operator: Exists\n          effect: NoSchedule\n" : ""},
             {"SELECTORS", selectors_of(first)},
             {"IMAGE", request.image},
             {"ARGUMENTS", arguments},
             {"INSTANCE", instance_statement(first)},
             {"CPU", std::to_string(cpu)},
             {"MEMORY", fmt::format("{}Gi", first.memory_gib * 3 / 4)},
             {"GPUS", has_gpus ? fmt::format("              nvidia.com/gpu: {}\n", first.accelerators) : ""}});
        types += (types.empty() ? "" : ", ") + ("\"" + first.type + "\"");
        gpus += first.accelerators * static_cast<int>(slots.size());
        cpus += first.vcpus * static_cast<int>(slots.size());
    }
    if (plan.slots.front().provider == "aws")
        files["nodepool.yaml"] = filled(
            node_pool, {{"LIMITS", fmt::format("    cpu: {}\n", cpus) + (gpus > 0 ? fmt::format("    nvidia.com/gpu: {}\n", gpus) : "")},
                        {"CAPACITY", plan.slots.front().allocation == "spot" ? "spot" : "on-demand"},
                        {"TYPES", types}});
    return files;
}

}  // namespace

emit_target targets::k8s() { return {"k8s", "A Job per type, a volume claim, a node pool", make_k8s, false, true, false}; }

}  // namespace tenfold::bench
