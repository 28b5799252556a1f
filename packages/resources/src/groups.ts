/** API groups, as KKP names them. */
export const kubermaticGroup = "kubermatic.k8c.io";
export const applicationsGroup = "apps.kubermatic.k8c.io";
/** Group of the machine controller that MachineDeployments belong to. */
export const machineGroup = "cluster.k8s.io";
/** Of what is Fairlead's own, and no KKP has. */
export const fairleadGroup = "fairlead.dev";
