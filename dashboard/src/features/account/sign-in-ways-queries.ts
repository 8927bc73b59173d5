import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  AddedPasskey,
  CodeSetUp,
  type ConfirmCode,
  PasskeyCreation,
  RecoveryCodes,
  SignInRules,
  SignInWays,
} from '@vastrox/shared/sign-in.ts'
import type { z } from 'zod'
import { meQuery } from '#features/session/queries.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'
import { makePasskey } from '#lib/passkeys.ts'

export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: ({ signal }) => api.get('/sign-in-ways', SignInWays, { signal }),
  staleTime: 0,
})

/** Whatever was changed: other sign-ins have ended, and what is asked for is another. */
function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(
        [signInWaysQuery.queryKey, meQuery.queryKey, ['sessions']].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      ),
    // Replies hold secrets: they go with the page that shows them.
    gcTime: 0,
  })
}

export const useBeginApp = () =>
  useMutation({ mutationFn: () => api.post('/sign-in-ways/app', CodeSetUp), gcTime: 0 })

export const useConfirmApp = () =>
  useChange((input: z.infer<typeof ConfirmCode>) =>
    api.put('/sign-in-ways/app', RecoveryCodes, input),
  )

export const useRemoveApp = () => useChange(() => api.delete('/sign-in-ways/app', ignored))

export const useRenewRecoveryCodes = () =>
  useChange(() => api.post('/sign-in-ways/recovery-codes', RecoveryCodes))

export const useChangeRules = () =>
  useChange((rules: SignInRules) => api.put('/sign-in-rules', SignInRules, rules))

export const useAddPasskey = () =>
  useChange(async (name: string) => {
    const wish = await api.post('/sign-in-ways/passkey-creation', PasskeyCreation)
    const answer = await makePasskey(wish)
    return api.post('/sign-in-ways/passkeys', AddedPasskey, { name, answer })
  })

export const useRenamePasskey = () =>
  useChange(({ id, name }: { id: string; name: string }) =>
    api.patch(`/sign-in-ways/passkeys/${id}`, ignored, { name }),
  )

export const useUnlink = () =>
  useChange((id: string) => api.delete(`/sign-in-ways/identities/${id}`, ignored))

export const useRemovePasskey = () =>
  useChange((id: string) => api.delete(`/sign-in-ways/passkeys/${id}`, ignored))
