export { ApiError, isNotFound, isTransient, UnreachableError } from "./api-error.ts";
export { type ApplicationState, applicationReason, applicationState, tellingCondition } from "./application-state.ts";
export {
  ApiClient,
  type ApiClientOptions,
  type ApplicationRef,
  type ClusterRef,
  type CniUpgradeChange,
  cniApplication,
  type Tagged,
} from "./client.ts";
export {
  allUp,
  type ClusterState,
  clusterState,
  components,
  healthWord,
  isNodeReady,
  isSimulated,
} from "./cluster-state.ts";
