export { ApiError, isNotFound, isTransient, UnreachableError } from "./api-error.ts";
export {
  ApiClient,
  type ApiClientOptions,
  type ClusterRef,
  type CniUpgradeChange,
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
