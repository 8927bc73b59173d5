import type { StartInstances } from '@vastrox/shared/agent-api.ts'
import * as shared from '@vastrox/shared/instance-name.ts'

type Named = Pick<StartInstances, 'appName' | 'releaseNumber' | 'process' | 'generation'>

/** The name that the daemon has written into its row before it asked (rules K2, K3). */
export const instanceName = (
  installation: string,
  spec: Named & Pick<StartInstances, 'appId'>,
  ordinal: number,
): string => shared.instanceName({ ...spec, installation, ordinal })

/** `unique` keeps two runs of one command apart. */
export const runName = (instance: string, spec: Named, unique: string): string =>
  `${namePrefix(instance)}${spec.appName}-v${spec.releaseNumber}-${spec.process}-run-${unique}`

/** What every name of this installation begins with; others are not ours to touch (rule K7). */
export const namePrefix = (instance: string): string => `vastrox-${instance}-`
