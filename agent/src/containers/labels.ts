import type { RunOnce, StartInstances } from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'

/** What stands on every container, network and image of ours. */
export const LABEL = {
  instance: 'vastrox.instance',
  /** `instance`, `run`, `addon`, `network`, `build`, `addon-image` or `stack`. */
  kind: 'vastrox.kind',
  app: 'vastrox.app',
  appName: 'vastrox.app-name',
  addon: 'vastrox.addon',
  addonName: 'vastrox.addon-name',
  release: 'vastrox.release',
  releaseNumber: 'vastrox.release-number',
  process: 'vastrox.process',
  ordinal: 'vastrox.ordinal',
  generation: 'vastrox.generation',
  address: 'vastrox.address',
  build: 'vastrox.build',
  recipe: 'vastrox.recipe',
  /** What a stack image stands on, by name and by id. */
  suite: 'vastrox.suite',
  base: 'vastrox.base',
  /** The tag a stack image was made for; it keeps the label when it loses the tag. */
  image: 'vastrox.image',
  /** Of the official image, or of somebody else's, that an image is made of. */
  digest: 'vastrox.digest',
} as const

/** The labels of an instance, read back. */
export const InstanceLabels = z
  .object({
    [LABEL.app]: z.string(),
    [LABEL.release]: z.string(),
    [LABEL.releaseNumber]: z.coerce.number().int(),
    [LABEL.process]: z.string(),
    [LABEL.ordinal]: z.coerce.number().int(),
    [LABEL.generation]: z.coerce.number().int(),
    [LABEL.address]: z.string(),
  })
  .transform((labels) => ({
    appId: labels[LABEL.app],
    releaseId: labels[LABEL.release],
    releaseNumber: labels[LABEL.releaseNumber],
    process: labels[LABEL.process],
    ordinal: labels[LABEL.ordinal],
    generation: labels[LABEL.generation],
    address: labels[LABEL.address],
  }))

export function labelsOf(
  instance: string,
  kind: 'instance' | 'run',
  spec: Omit<StartInstances, 'ordinals' | 'stopGraceMs' | 'command'> | RunOnce,
  ordinal: number,
  address: string,
): Record<string, string> {
  return {
    [LABEL.instance]: instance,
    [LABEL.kind]: kind,
    [LABEL.app]: spec.appId,
    [LABEL.appName]: spec.appName,
    [LABEL.release]: spec.releaseId,
    [LABEL.releaseNumber]: String(spec.releaseNumber),
    [LABEL.process]: spec.process,
    [LABEL.ordinal]: String(ordinal),
    [LABEL.generation]: String(spec.generation),
    [LABEL.address]: address,
  }
}

/** The engine's filter for what carries these labels. */
export const withLabels = (labels: Record<string, string>): string =>
  JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) })
