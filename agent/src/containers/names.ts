import type { StartInstances } from '@vastrox/shared/agent-api.ts'

type Named = Pick<StartInstances, 'appName' | 'releaseNumber' | 'process' | 'generation'>

/** Says everything about an instance, so that a repeated create answers "already done" (rule K2). */
export const instanceName = (instance: string, spec: Named, ordinal: number): string =>
  `${namePrefix(instance)}${spec.appName}-v${spec.releaseNumber}-${spec.process}-${ordinal}-g${spec.generation}`

/** `unique` keeps two runs of one command apart. */
export const runName = (instance: string, spec: Named, unique: string): string =>
  `${namePrefix(instance)}${spec.appName}-v${spec.releaseNumber}-${spec.process}-run-${unique}`

/** What every name of this installation begins with; others are not ours to touch (rule K7). */
export const namePrefix = (instance: string): string => `vastrox-${instance}-`
