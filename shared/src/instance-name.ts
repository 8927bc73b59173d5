interface InstancePlace {
  /** 6 hex digits of the installation. */
  installation: string
  appId: string
  appName: string
  process: string
  generation: number
  ordinal: number
}

/**
 * The name of an instance's container. It follows from what the instance is, so that the daemon can
 * write its row before the container exists (rule K3), and a repeated start is "already done" (K2).
 * The end of the app's id tells an app from one that had the name before it.
 */
export const instanceName = (of: InstancePlace): string =>
  [
    'vastrox',
    of.installation,
    of.appName,
    of.appId.slice(-6),
    of.process,
    of.generation,
    of.ordinal,
  ].join('-')
