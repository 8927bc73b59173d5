import { queryOptions } from '@tanstack/react-query'
import { SignInOffers } from '@vastrox/shared/sign-in.ts'
import { api } from '#lib/api.ts'

/** What the server offers besides a name and a password. */
export const signInOffersQuery = queryOptions({
  queryKey: ['sign-in-offers'],
  queryFn: ({ signal }) => api.get('/sign-in/offers', SignInOffers, { signal }),
  staleTime: 60_000,
})
