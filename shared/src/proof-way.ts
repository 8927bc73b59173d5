import { z } from 'zod'

/** What somebody can show beside their name. */
export const ProofWay = z.enum(['password', 'code', 'recovery-code', 'passkey'])
export type ProofWay = z.infer<typeof ProofWay>
