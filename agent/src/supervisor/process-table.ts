import { PROCESS_ENV } from '@vastrox/shared/installation-paths.ts'
import { PROXY_WORKER_FLAGS } from '@vastrox/shared/proxy-worker.ts'
import type { SupervisorConfig } from '#agent/supervisor/settings.ts'

export type SocketName = 'http' | 'https' | 'ssh'

/** Everything there is to say about how a process of ours runs; systemd units say the same. */
export interface ProcessSpec {
  /** `agent`, `daemon`, `proxy-0` … */
  name: string
  /** File in the bundle. */
  bundle: string
  account: 'root' | 'vastrox' | 'vastrox-proxy'
  /** For Node itself: small heaps, measured in docs/decisions/0021. */
  nodeFlags: readonly string[]
  env: Record<string, string>
  /** Inherited listening sockets, as descriptors from 3 on. */
  sockets: readonly SocketName[]
  /** Whether it shows every second that its event loop turns; one that stops to is killed. */
  beats: boolean
  /** Whether a successor is started before the predecessor is asked to stop. */
  replace: 'stop-first' | 'successor-first'
  /** After SIGTERM; then its whole group is killed. */
  stopTimeoutMs: number
}

/** What config.json keeps of the installer's environment: how this host reaches others. */
export const PASSED_ON = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'npm_config_registry',
  'TZ',
] as const

/** Of `node:ffi`, by which memory is given back (give-back.ts). */
const NO_WARNING = '--disable-warning=ExperimentalWarning'

/**
 * For processes that mostly wait. Lower limits make the collector give memory back early; none of these
 * bounds what may be used by much. Helper threads and the compilers between interpreter and optimiser
 * cost more memory than such a process gains by them.
 */
export const SMALL_HEAP = [
  NO_WARNING,
  '--max-semi-space-size=1',
  '--max-old-space-size=256',
  '--v8-pool-size=0',
  '--single-threaded',
  '--no-sparkplug',
  '--no-maglev',
  // What is compiled and did not run between two collections is let go of: most of it ran once, at the start.
  '--bytecode-old-age=1',
]

export function processTable(
  config: Pick<SupervisorConfig, 'proxyWorkers'> & { hostEnv?: Record<string, string> | undefined },
  dataDir: string,
  bundleDir: string,
): ProcessSpec[] {
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
    /** One arena instead of one a thread: less memory that glibc keeps for itself. */
    MALLOC_ARENA_MAX: '1',
    /** What is free at the top goes back to the kernel from 64 KB on. */
    MALLOC_TRIM_THRESHOLD_: '65536',
    [PROCESS_ENV.dataDir]: dataDir,
    VASTROX_VERSION: bundleDir.split('/').at(-1) ?? '',
  }
  const workers = Array.from(
    { length: config.proxyWorkers },
    (_, worker): ProcessSpec => ({
      name: `proxy-${worker}`,
      bundle: 'proxy.mjs',
      account: 'vastrox-proxy',
      nodeFlags: [NO_WARNING, ...PROXY_WORKER_FLAGS],
      env: {
        ...env,
        [PROCESS_ENV.worker]: String(worker),
        [PROCESS_ENV.listenFds]: 'http=3,https=4',
      },
      sockets: ['http', 'https'],
      beats: true,
      replace: 'successor-first',
      stopTimeoutMs: 40_000,
    }),
  )
  return [
    ...workers,
    {
      name: 'agent',
      bundle: 'agent.mjs',
      account: 'root',
      nodeFlags: SMALL_HEAP,
      env: { ...env, ...config.hostEnv, HOME: '/root' },
      sockets: [],
      beats: false,
      replace: 'stop-first',
      stopTimeoutMs: 10_000,
    },
    {
      name: 'daemon',
      bundle: 'daemon.mjs',
      account: 'vastrox',
      nodeFlags: SMALL_HEAP,
      env: {
        ...env,
        ...config.hostEnv,
        HOME: '/nonexistent',
        VASTROX_DASHBOARD_DIR: `${bundleDir}/dashboard`,
        VASTROX_STARTERS_DIR: `${bundleDir}/examples`,
        [PROCESS_ENV.listenFds]: 'ssh=3',
      },
      sockets: ['ssh'],
      beats: false,
      replace: 'stop-first',
      stopTimeoutMs: 15_000,
    },
  ]
}
