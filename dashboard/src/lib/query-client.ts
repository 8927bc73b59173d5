import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '#lib/api-error.ts'

/** Live events say when to read again, so nothing is polled and nothing is stale by age alone. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (attempt) => Math.min(4_000, 500 * 2 ** attempt),
    },
  },
})

/** Worth another try: nobody answered, or the server could not just then. */
const isPassing = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status === 0 || error.status >= 500
