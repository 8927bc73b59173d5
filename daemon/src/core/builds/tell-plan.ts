import type { AppConfig } from '@vastrox/shared/app-config.ts'
import type { SourcePlan } from '#core/builds/plan-source.ts'
import type { DeclaredEnv } from '#core/env/declared-env.ts'
import { plainText } from '#lib/plain-text.ts'

const MEBIBYTE = 2 ** 20

/** Why an app is built as it is: what the stack found, then what its files say of how it runs. */
export const summaryOf = ({ plan, said }: SourcePlan): string[] => [
  ...plan.summary,
  ...tellConfig(said.config),
]

/** Everything that people are told about a plan, one line each. */
export const tellPlan = (planned: SourcePlan): string[] => [
  ...summaryOf(planned),
  ...planned.said.lines,
  ...(planned.plan.alternatives ?? []),
]

/** Names only: values are secrets. */
export const tellDeclared = ({ generated, defaults }: DeclaredEnv): string[] => [
  ...(generated.length > 0 ? [`Set at random, once: ${generated.join(', ')}`] : []),
  ...(defaults.length > 0 ? [`Set to the default of the source: ${defaults.join(', ')}`] : []),
]

const tellConfig = (config: AppConfig): string[] => [
  ...Object.entries(config.processes).flatMap(([name, process]) => {
    const parts = [
      ...(process.scale === null ? [] : [`${process.scale} at the first deployment`]),
      ...(process.memoryBytes === null
        ? []
        : [`${Math.round(process.memoryBytes / MEBIBYTE)} MB of memory`]),
      ...(process.cpuMillis === null ? [] : [`${process.cpuMillis / 1_000} cores`]),
      ...(process.stopGraceMs === null ? [] : [`${process.stopGraceMs / 1_000} s to stop`]),
      ...(process.exclusive ? ['never two at a time'] : []),
    ]
    return parts.length === 0 ? [] : [`${name}: ${parts.join(', ')}`]
  }),
  ...(config.healthPath === null ? [] : [`health check: ${config.healthPath}`]),
  ...(config.firstDeployCommand === null
    ? []
    : [`after the first release: ${plainText(config.firstDeployCommand)}`]),
  ...config.cron.map(
    ({ name, schedule, timeZone, command }) =>
      `job ${name}: ${schedule}${timeZone === null ? '' : ` ${timeZone}`}: ${plainText(command)}`,
  ),
  ...Object.entries(config.volumes).map(
    ([name, { path, processes }]) =>
      `volume ${name}: ${path}${processes === null ? '' : ` of ${processes.join(', ')}`}`,
  ),
  ...config.addons.map(
    ({ kind, as }) =>
      `add-on ${plainText(kind)}${as === null ? '' : ` as ${plainText(as)}`}: made and attached at the first deployment`,
  ),
]
