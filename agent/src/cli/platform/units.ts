import { type InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import { escape, sandboxOf } from '#agent/cli/platform/unit-sandbox.ts'
import { PROTECTED } from '#agent/supervisor/protected-group.ts'
import { type ProcessSpec, processTable } from '#agent/supervisor/process-table.ts'

/** Where the units find what config.json has of the host's environment: systemd shows everybody what is in a unit. */
export const hostEnvFile = (dataDir: string): string => `${dataDir}/host.env`

/** The text of that file. */
export const hostEnvText = ({ hostEnv = {} }: InstallationConfig): string =>
  Object.entries(hostEnv)
    .map(
      ([key, value]) => `${key}="${value.replaceAll(/[\\"$`]/g, '\\$&').replaceAll('\n', ' ')}"\n`,
    )
    .join('')

/** Name and text of every unit of an installation, from the same table that the supervisor reads. */
export function unitsOf(
  config: InstallationConfig,
  dataDir: string,
  current: string,
  version: string,
): Map<string, string> {
  const name = (part: string): string => `vastrox-${config.instance}-${part}`
  const table = processTable({ ...config, hostEnv: {} }, dataDir, current)
  const units = new Map<string, string>()
  const slice = sliceOf(config.instance)
  units.set(slice, sliceUnit(config))
  units.set(
    `${name('proxy')}.socket`,
    socketUnit(config, 'ports of apps', [config.httpPort, config.httpsPort], name('proxy-0')),
  )
  units.set(`${name('ssh')}.socket`, socketUnit(config, 'SSH', [config.sshPort], name('daemon')))
  units.set(bootRulesOf(config.instance), bootRulesUnit(config, dataDir))
  for (const spec of table)
    units.set(
      `${name(spec.name)}.service`,
      serviceUnit(
        { ...spec, env: { ...spec.env, VASTROX_VERSION: version } },
        current,
        spec.account === 'vastrox-proxy' ? undefined : hostEnvFile(dataDir),
        dataDir,
        {
          socket:
            spec.sockets.length === 0
              ? undefined
              : `${name(isWorker(spec.name) ? 'proxy' : 'ssh')}.socket`,
          slice,
        },
      ),
    )
  return units
}

/**
 * With no hyphen: systemd would make it the child of a slice that gives it nothing to keep. Of its own
 * beside the engine's, so that what is protected is the platform and not its containers.
 */
export const sliceOf = (instance: string): string => `vastrox${instance}.slice`

const sliceUnit = ({ instance }: InstallationConfig): string => `[Unit]
Description=Vastrox ${instance}: the platform itself, before apps and builds

[Slice]
CPUWeight=${PROTECTED.cpuWeight}
IOWeight=${PROTECTED.ioWeight}
MemoryLow=${PROTECTED.memoryLowBytes}
`

/** Loads rules at boot and ends; not a process of ours, so nothing starts, stops or lists it. */
export const bootRulesOf = (instance: string): string => `vastrox-${instance}-boot-rules.service`

/**
 * The agent comes up late in a boot. Until then the confirmed rules are loaded by their text, before there
 * is a network, and behind a service of the distribution that flushes every rule.
 */
function bootRulesUnit({ instance }: InstallationConfig, dataDir: string): string {
  const text = `${pathsOf(dataDir).agent}/firewall/confirmed.nft`
  return `[Unit]
Description=Vastrox ${instance}: the firewall that was confirmed last
DefaultDependencies=no
RequiresMountsFor=${text}
After=nftables.service
Before=network-pre.target
Wants=network-pre.target
ConditionPathExists=${text}

[Service]
Type=oneshot
ExecStart=/usr/sbin/nft -f "${escape(text)}"

[Install]
WantedBy=sysinit.target
`
}

const isWorker = (name: string): boolean => name.startsWith('proxy-')

/** systemd holds the sockets, so that connections wait in the queue while a worker is replaced. */
const socketUnit = (
  config: InstallationConfig,
  what: string,
  ports: readonly number[],
  service: string,
): string => `[Unit]
Description=Vastrox ${config.instance}: ${what}

[Socket]
${ports.map((port) => `ListenStream=${port}\n`).join('')}BindIPv6Only=both
Backlog=4096
Service=${service}.service

[Install]
WantedBy=sockets.target
`

const serviceUnit = (
  spec: ProcessSpec,
  current: string,
  envFile: string | undefined,
  dataDir: string,
  { socket, slice }: { socket: string | undefined; slice: string },
): string => `[Unit]
Description=Vastrox ${spec.name}
After=network.target${spec.name === 'agent' ? ' docker.service' : ''}${socket ? ` ${socket}` : ''}
${socket ? `${isWorker(spec.name) ? 'Requires' : 'Wants'}=${socket}\n` : ''}StartLimitIntervalSec=0

[Service]
Type=simple
Slice=${slice}
User=${spec.account}
Group=${spec.account}
${socket ? `Sockets=${socket}\n` : ''}${Object.entries(spec.env)
  .map(([key, value]) => `Environment="${key}=${escape(value)}"`)
  .join('\n')}
${envFile ? `EnvironmentFile=-${envFile}\n` : ''}ExecStart=${current}/node ${spec.nodeFlags.join(' ')} ${current}/${spec.bundle}
WorkingDirectory=/
Restart=always
RestartSec=100ms
RestartPreventExitStatus=78
KillMode=mixed
TimeoutStopSec=${Math.ceil(spec.stopTimeoutMs / 1_000)}
OOMScoreAdjust=-500
${sandboxOf(spec, dataDir)}
[Install]
WantedBy=multi-user.target
`
