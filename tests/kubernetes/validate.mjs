// Reads objects, one JSON line each, and answers each with a line: what Istio's, KEDA's and Gateway API's own custom
// resource definitions, compiled by kubernetes-models, say is wrong with it.
import { createInterface } from "node:readline";
import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";

const KINDS = { HTTPRoute, ScaledObject, VirtualService };

for await (const line of createInterface({ input: process.stdin })) {
  const object = JSON.parse(line);
  let wrong = [];
  try {
    new KINDS[object.kind](object).validate();
  } catch (error) {
    wrong = (error.errors ?? [{ message: String(error) }]).map(
      ({ instancePath, message, keyword, params }) =>
        `${instancePath ?? ""}: ${message ?? `${keyword} ${JSON.stringify(params)}`}`,
    );
  }
  process.stdout.write(`${JSON.stringify(wrong)}\n`);
}
