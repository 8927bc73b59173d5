import type { PreparedImage } from '@vastrox/shared/agent-api.ts'
import type { Suite } from '#agent/images/recipes/recipe.ts'

/**
 * The names of prepared images on this machine. They are the machine's and not the installation's: the
 * images hold nothing of one and cost a minute. Tests that must not touch them have names of their own.
 */
export const createImageNames = (namespace = 'vastrox') => ({
  namespace,
  base: (suite: Suite): string => `${namespace}/base:${suite}`,
  /** An official image while it is made use of: `vastrox/official:node-22-trixie-slim`. */
  official: (reference: string): string =>
    `${namespace}/official:${reference.replaceAll(/[:/]/g, '-')}`,
  /** What apps run on. */
  runtime: ({ stack, version }: PreparedImage): string => `${namespace}/${stack}:${version}`,
  /** What builds them. */
  build: ({ stack, version }: PreparedImage): string => `${namespace}/${stack}-build:${version}`,
})
export type ImageNames = ReturnType<typeof createImageNames>
