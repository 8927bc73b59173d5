import { z } from 'zod'
import { BaseImageState, RefreshedImage, StackImageState } from './agent-api.ts'
import { pageOf } from './page.ts'

/** What a round over the prepared images has done. */
export const StackImageRound = z.object({
  at: z.iso.datetime(),
  checked: z.int(),
  /** Made anew, each with the reason. */
  madeAnew: z.array(RefreshedImage).max(500),
  /** Left as they were, each with the reason. */
  failed: z.array(RefreshedImage).max(500),
})
export type StackImageRound = z.infer<typeof StackImageRound>

export const StackImageRefresh = z.object({
  /** null while none is under way. */
  runningSince: z.iso.datetime().nullable(),
  /** The last that ended; null before the first. */
  last: StackImageRound.nullable(),
})
export type StackImageRefresh = z.infer<typeof StackImageRefresh>

export const StackImageList = pageOf(StackImageState).extend({
  bases: z.array(BaseImageState),
  updates: StackImageRefresh,
})
export type StackImageList = z.infer<typeof StackImageList>
