import type { EnvPhase } from '@vastrox/shared/env.ts'
import { z } from 'zod'

/** One env variable, opened. */
export interface Variable {
  value: string
  phase: EnvPhase
  /** Its value is shown to nobody any more. */
  neverReveal: boolean
  /** `${{ … }}` in the value stands for other values. */
  isReference: boolean
}
export type Variables = ReadonlyMap<string, Variable>

/** What the variables of an app or a group were after a change, as history keeps it. */
export const KeptState = z.record(
  z.string(),
  z.object({
    value: z.string(),
    phase: z.enum(['runtime', 'build', 'both']),
    neverReveal: z.boolean(),
    isReference: z.boolean(),
  }),
)

export const isSame = (one: Variable, other: Variable): boolean =>
  one.value === other.value &&
  one.phase === other.phase &&
  one.neverReveal === other.neverReveal &&
  one.isReference === other.isReference

export const isForBuild = ({ phase }: Pick<Variable, 'phase'>): boolean => phase !== 'runtime'
export const isForRuntime = ({ phase }: Pick<Variable, 'phase'>): boolean => phase !== 'build'
