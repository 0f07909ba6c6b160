#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: MPL-2.0
"""Checks the Kubernetes manifests.

`kubectl kustomize` puts them together; each object is read by the Kubernetes
client's models, which know all members, their types and which are required.
Usage: kubernetes_test.py KUSTOMIZATION. SKIPPED without kubectl or the Python
client, which Debian has as kubernetes-client and python3-kubernetes.
"""

import copy
import os
import re
import shutil
import subprocess
import sys
import tempfile

MODELS = {
    ("v1", "ConfigMap"): "V1ConfigMap",
    ("apps/v1", "Deployment"): "V1Deployment",
    # Debian 12's client is older than autoscaling/v2, which is v2beta2 as it was.
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "V2beta2HorizontalPodAutoscaler",
    ("policy/v1", "PodDisruptionBudget"): "V1PodDisruptionBudget",
    ("networking.k8s.io/v1", "NetworkPolicy"): "V1NetworkPolicy",
}
SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"


def reason_to_skip():
    if not shutil.which("kubectl"):
        return "there is no kubectl (apt-get install kubernetes-client)"
    try:
        import kubernetes  # pylint: disable=import-outside-toplevel,unused-import
        import yaml  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError as error:
        return f"{error} (apt-get install python3-kubernetes)"
    return ""


def check_object(api_client, document):
    """Yields what is wrong with one object."""
    from kubernetes import client  # pylint: disable=import-outside-toplevel

    name = f"{document.get('kind')} {document.get('metadata', {}).get('name')}"
    model = MODELS.get((document.get("apiVersion"), document.get("kind")))
    if model is None:
        yield f"{name}: no model is known for {document.get('apiVersion')}"
        return
    try:
        read = api_client._ApiClient__deserialize(document, getattr(client, model))
    except (ValueError, TypeError) as error:
        yield f"{name}: {error}"
        return
    # What the model does not know is lost on the way back.
    written = api_client.sanitize_for_serialization(read)
    yield from lost(document, written, name)


def lost(before, after, path):
    if isinstance(before, dict):
        if not isinstance(after, dict):
            yield f"{path}: is to be no mapping"
            return
        for key, value in before.items():
            if key not in after:
                yield f"{path}.{key}: is no member"
            else:
                yield from lost(value, after[key], f"{path}.{key}")
    elif isinstance(before, list):
        if not isinstance(after, list) or len(before) != len(after):
            yield f"{path}: is to be no list"
            return
        for i, (one, other) in enumerate(zip(before, after)):
            yield from lost(one, other, f"{path}[{i}]")
    elif before != after:
        yield f"{path}: {before!r} is read as {after!r}"


def check_pool(objects):
    """Yields what does not fit together."""
    deployment = objects["Deployment"]
    pod = deployment["spec"]["template"]
    labels = deployment["spec"]["selector"]["matchLabels"].items()
    if not labels <= pod["metadata"]["labels"].items():
        yield "the deployment does not select its pods"
    for kind, selector in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        if not objects[kind]["spec"][selector]["matchLabels"].items() <= labels:
            yield f"the {kind} is for other pods"
    if objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] != (
        deployment["metadata"]["name"]
    ):
        yield "the autoscaler is for another deployment"
    # deployment-ReplicaSet's hash-pod's hash
    if len(deployment["metadata"]["name"]) + len("-0123456789-01234") > 38:
        yield "the pods' names are too long for worker_id"
    if pod["metadata"]["annotations"].get(SAFE_TO_EVICT) != "false":
        yield "the cluster autoscaler may end a pod before its task"
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    for container in pod["spec"]["containers"] + pod["spec"]["initContainers"]:
        for mount in container["volumeMounts"]:
            if mount["name"] not in volumes:
                yield f"there is no volume {mount['name']}"
    yield from check_times(pod["spec"], objects["ConfigMap"]["data"]["scriptworker.yaml"])


def check_times(spec, config):
    import yaml  # pylint: disable=import-outside-toplevel

    config = yaml.safe_load(config)
    grace = spec["terminationGracePeriodSeconds"]
    drain = int(spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    if drain < config["task_max_timeout"]:
        yield "preStop ends before a task has to"
    # shutdown_grace limits all that the worker waits for; then it ends itself.
    if drain + config["shutdown_grace"] + 10 > grace:
        yield "terminationGracePeriodSeconds leaves no time for shutdown_grace after preStop"
    port = spec["containers"][0]["ports"][0]
    if not re.fullmatch(rf"0\.0\.0\.0:{port['containerPort']}", config["health_address"]):
        yield "the probes ask another port than health_address"


def missed_times(objects):
    """Yields the wrong times and ports that check_times does not complain about."""
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    config = objects["ConfigMap"]["data"]["scriptworker.yaml"]

    def changed(change):
        spec = copy.deepcopy(pod)
        change(spec, spec["containers"][0])
        return spec

    def drain_for(container, seconds):
        container["lifecycle"]["preStop"]["exec"]["command"][1] = seconds

    def shorten_grace(spec, _):
        spec["terminationGracePeriodSeconds"] = 1700

    for name, spec, text in (
        ("a grace of 1700 s", changed(shorten_grace), config),
        ("preStop of 1100 s", changed(lambda _, c: drain_for(c, "1100")), config),
        ("port 8081", changed(lambda _, c: c["ports"][0].update(containerPort=8081)), config),
        ("loopback", pod, config.replace("0.0.0.0:", "127.0.0.1:")),
        ("a shutdown of 300 s", pod, config.replace("_grace: 240", "_grace: 300")),
        ("tasks of 1600 s", pod, config.replace("_timeout: 1200", "_timeout: 1600")),
    ):
        found = list(check_times(spec, text))
        if len(found) != 1:
            yield f"{name}: expected one complaint, found {found}"


def main():
    reason = reason_to_skip()
    if reason:
        print("SKIPPED:", reason)
        return 0
    from kubernetes import client  # pylint: disable=import-outside-toplevel
    import yaml  # pylint: disable=import-outside-toplevel

    with tempfile.TemporaryDirectory() as folder:
        # kubectl does not follow links out of the folder.
        shutil.copytree(os.path.dirname(sys.argv[1]), folder, dirs_exist_ok=True)
        text = subprocess.run(
            ["kubectl", "kustomize", folder], check=True, capture_output=True, text=True,
            env={**os.environ, "HOME": folder},
        ).stdout
    documents = list(yaml.safe_load_all(text))
    api_client = client.ApiClient()
    complaints = [line for one in documents for line in check_object(api_client, one)]
    objects = {document["kind"]: document for document in documents}
    complaints += check_pool(objects)
    # What the check is for is found.
    for wrong in (
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 1}},
        {"apiVersion": "v1", "kind": "ConfigMap", "dato": {}},
        {"apiVersion": "v9", "kind": "ConfigMap"},
    ):
        if not list(check_object(api_client, wrong)):
            complaints.append(f"nothing is found wrong with {wrong}")
    complaints += missed_times(objects)
    print("\n".join(complaints + [f"{len(documents)} objects, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
