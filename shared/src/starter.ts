import { z } from 'zod'

export const StarterName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)

/** A small app that comes with the installation, to begin with. */
export const Starter = z.object({
  name: StarterName,
  title: z.string(),
  /** As people call it: "Node.js". */
  stack: z.string(),
  description: z.string(),
})
export type Starter = z.infer<typeof Starter>
