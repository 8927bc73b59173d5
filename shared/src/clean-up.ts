import { z } from 'zod'

/** Something that can go and be made again: never anything with data in it. */
export const CleanUpItem = z.object({
  kind: z.enum(['image', 'build-cache']),
  /** Of the engine. */
  id: z.string(),
  /** Of the app it was built for; null where it is nobody's any more. */
  app: z.string().nullable(),
  /** For people: "release v3", "RUN npm ci". */
  what: z.string().max(300),
  /** Why it can go. */
  why: z.string().max(300),
  /** What goes with it alone. */
  sizeBytes: z.int(),
  /** When it was made or last used. */
  at: z.iso.datetime().nullable(),
})
export type CleanUpItem = z.infer<typeof CleanUpItem>

/** What would go, all of it named. */
export const CleanUpPlan = z.object({
  /** Of exactly these items: what is agreed to is what is done. */
  id: z.string(),
  removals: z.array(CleanUpItem).max(2_000),
  /** With what several items have in common; the engine may keep a part of it as build cache. */
  freedBytes: z.int(),
  /** Items that do not fit into the list: they come with the next plan. */
  more: z.int(),
  /** What stays and why, in words. */
  kept: z.array(z.string()).max(20),
})
export type CleanUpPlan = z.infer<typeof CleanUpPlan>

export const RunCleanUp = z.object({ plan: z.string().min(8).max(64) })

export const CleanUpResult = z.object({
  removed: z.int(),
  /** Items that are in use by now, or were gone already. */
  left: z.int(),
  /** By what is free before and after. */
  freedBytes: z.int(),
})
export type CleanUpResult = z.infer<typeof CleanUpResult>
