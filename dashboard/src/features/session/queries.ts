import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Permission } from '@vastrox/shared/permissions.ts'
import { Me } from '@vastrox/shared/user.ts'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get('/me', Me, { signal }),
  staleTime: 5 * 60_000,
})

/** Who is signed in. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data

/** Whether somebody may, on an app where it is about one. */
export const isAllowed = (
  { permissions, grants }: Me,
  permission: Permission,
  app: string | undefined,
): boolean =>
  permissions.includes(permission) || (app ? grants[app] : [])?.includes(permission) === true

/** True when the person may, on the app that is being looked at where it is one; what they may not do is not offered. */
export function useMay(permission: Permission): boolean {
  const me = useMe()
  const { name } = useParams({ strict: false })
  return isAllowed(me, permission, name)
}

/** Given the page to come back to, where there is one. */
export function useSignOut() {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (_back: { to?: string }) => api.post('/sign-out', ignored),
    onSuccess: async (_answer, search) => {
      // What is on the screen would ask once more, as nobody, if its data went first.
      await navigate({ to: '/sign-in', search })
      // What the sign-in page is asking, by which ways one comes in again, is nobody's.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'sign-in-offers' })
      queryClient.getMutationCache().clear()
    },
  })
}
