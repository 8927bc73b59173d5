import { z } from 'zod'

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** An image that an app is deployed from as it is. */
export const ImageSource = z.object({
  /** As it was asked for, written out: `docker.io/library/nginx:1.27`. */
  reference: z.string().max(400),
  /** What it was then; null until the registry has said. */
  digest: Digest.nullable(),
})
export type ImageSource = z.infer<typeof ImageSource>
