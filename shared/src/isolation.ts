import { z } from 'zod'

/**
 * compatible: images may begin as root and step down to an account of theirs. strict: nothing beyond
 * ports below 1024, and nothing is written to but volumes and small directories in memory.
 */
export const IsolationProfile = z.enum(['compatible', 'strict'])
export type IsolationProfile = z.infer<typeof IsolationProfile>

/** How the containers of an app are shut in; the constants behind it are the agent's. */
export const Isolation = z.object({
  profile: IsolationProfile,
  /** Always so with `strict`. */
  readOnlyRoot: z.boolean(),
})
export type Isolation = z.infer<typeof Isolation>

export const DEFAULT_ISOLATION: Isolation = { profile: 'compatible', readOnlyRoot: false }
