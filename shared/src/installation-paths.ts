/** Where everything lies beneath the data directory. Owners and modes are set by install.sh. */
export const pathsOf = (dataDir: string) => ({
  config: `${dataDir}/config.json`,
  /** 0755 root: what every process of ours may pass through. */
  run: `${dataDir}/run`,
  /** agent.sock 0660 root:vastrox in a 0750 root:vastrox directory. */
  agentSocket: `${dataDir}/run/agent/agent.sock`,
  /** proxy.sock 0660 vastrox:vastrox-proxy in a 0750 vastrox:vastrox-proxy directory. */
  proxySocket: `${dataDir}/run/proxy/proxy.sock`,
  /** 0600 vastrox: the command table for `vastrox` on this server; only root and vastrox reach it. */
  consoleSocket: `${dataDir}/run/daemon/console.sock`,
  /** 0600 vastrox: proc-receive hooks of git talk to the daemon here. */
  pushSocket: `${dataDir}/run/daemon/push.sock`,
  /** 0600 vastrox: what git starts to reach other hosts talks to the daemon here. */
  gitSocket: `${dataDir}/run/daemon/git.sock`,
  /** 0600 root: `vastrox status` asks the supervisor here. */
  supervisorSocket: `${dataDir}/run/supervisor/supervisor.sock`,
  /** 0700 vastrox */
  daemon: `${dataDir}/daemon`,
  controlDatabase: `${dataDir}/daemon/control.db`,
  /** What was measured; nothing of it is needed to control anything. */
  metricsDatabase: `${dataDir}/daemon/metrics.sqlite`,
  masterKey: `${dataDir}/daemon/master.key`,
  /** Left by install.sh --restore until its apps may start. */
  restoring: `${dataDir}/daemon/restoring.json`,
  /** Dumps of add-ons that are to be put back, a directory for each by its id. */
  restoringAddons: `${dataDir}/daemon/restoring-addons`,
  /** 0600: the end of the audit log at many moments, signed. */
  auditAnchors: `${dataDir}/daemon/audit-anchors.jsonl`,
  repositories: `${dataDir}/daemon/repositories`,
  sources: `${dataDir}/daemon/sources`,
  /** A directory for each app: what clients have uploaded. */
  uploads: `${dataDir}/daemon/uploads`,
  /** What was fetched of repositories elsewhere. */
  externalRepositories: `${dataDir}/daemon/external`,
  /** What Git hosts may prove themselves by, where the operator has added to the system's. */
  sourceAuthorities: `${dataDir}/daemon/source-authorities.pem`,
  /** Copies of folders on other servers. */
  remoteFolders: `${dataDir}/daemon/remote`,
  logs: `${dataDir}/daemon/logs`,
  /** What the SSH server proves itself with, 0600. */
  sshHostKeys: `${dataDir}/daemon/ssh`,
  localAuthority: `${dataDir}/daemon/local-authority`,
  /** The local CA's certificate for people and clients, 0644. */
  caFile: `${dataDir}/ca.pem`,
  /** What the HTTPS of the CA of `--acme-directory` is checked against, 0644. */
  acmeCaFile: `${dataDir}/acme-ca.pem`,
  /** 0700 root */
  agent: `${dataDir}/agent`,
  /** 0700 root: a directory for each volume, and beside it whose it is. */
  volumes: `${dataDir}/volumes`,
  /** 0700 vastrox-proxy */
  proxy: `${dataDir}/proxy`,
  /** 2750 vastrox-proxy:vastrox: workers write who asked for what, the daemon reads it. */
  accessLogs: `${dataDir}/access`,
  /** 0700 root: what the processes print, rotated by the supervisor. */
  processLogs: `${dataDir}/log`,
  /** 0755 root: the only hooks git ever runs. */
  gitHooks: `${dataDir}/hooks`,
})
export type InstallationPaths = ReturnType<typeof pathsOf>

/**
 * How the supervisor (or systemd) starts a process: environment only, never arguments.
 * Listening sockets are inherited as file descriptors.
 */
export const PROCESS_ENV = {
  /** The data directory, absolute. */
  dataDir: 'VASTROX_DATA_DIR',
  /** Descriptors of a proxy worker: `http=3,https=4`; of the daemon: `ssh=3`. */
  listenFds: 'VASTROX_LISTEN_FDS',
  /** Number of a proxy worker, from 0. Worker 0 stores the last-good files. */
  worker: 'VASTROX_WORKER',
  /** Descriptor for announceReady() or openHeart(): the process writes there once it listens. */
  readyFd: 'VASTROX_READY_FD',
  /** Named crash point at which the process kills itself with SIGKILL; tests only. */
  crashAt: 'VASTROX_CRASH_AT',
} as const
