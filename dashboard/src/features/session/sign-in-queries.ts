import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SecondStep } from '@vastrox/shared/sign-in.ts'
import type { SetPassword, SignIn, SignInByLink } from '@vastrox/shared/user.ts'
import type { z } from 'zod'
import { meQuery } from '#features/session/queries.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'

export const useSignIn = () =>
  useSessionStart((input: z.infer<typeof SignIn>) => api.post('/sign-in', ignored, input))

export const useSignInByLink = () =>
  useSessionStart((input: z.infer<typeof SignInByLink>) =>
    api.post('/sign-in/link', ignored, input),
  )

/** With a proof that was typed, or one that is asked for first. */
export const useSecondStep = () =>
  useSessionStart(
    async ({ ticket, proof }: { ticket: string; proof: SecondStep['proof'] | 'passkey' }) =>
      api.post('/sign-in/second-step', ignored, {
        ticket,
        proof: proof === 'passkey' ? await passkeyForTicket(ticket) : proof,
      }),
  )

/** A passkey; what asks for one is loaded when it is wanted. */
async function passkeyFrom(path: string, body?: object) {
  const { passkeyFor } = await import('#features/session/passkey-for.ts')
  return passkeyFor(path, body)
}

export const useSignInByPasskey = () =>
  useSessionStart(async () =>
    api.post('/sign-in/passkey', ignored, {
      answer: await passkeyFrom('/sign-in/passkey-request'),
    }),
  )

/** A passkey as the second step of the sign-in that the ticket is of. */
const passkeyForTicket = async (ticket: string) => ({
  by: 'passkey' as const,
  answer: await passkeyFrom('/sign-in/passkey-request', { ticket }),
})

/** A passkey of who is signed in, to show that it is still them. */
export const passkeyForProof = async () => ({
  by: 'passkey' as const,
  answer: await passkeyFrom('/sign-in-ways/passkey-request'),
})

/** Whoever was here before leaves nothing behind in memory. */
function useSessionStart<Input>(mutationFn: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => queryClient.clear() })
}

export function useSetPassword() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: z.infer<typeof SetPassword>) => api.put('/password', ignored, input),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: ['sessions'] }),
        queryClient.invalidateQueries({ queryKey: ['sign-in-ways'] }),
      ]),
  })
}
