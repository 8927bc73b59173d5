// oxlint-disable-next-line import/no-unassigned-import -- vite makes it a stylesheet
import './styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { api } from '#lib/api.ts'
import { askForProof } from '#lib/proof-question.ts'
import { queryClient } from '#lib/query-client.ts'
import { router } from './router.tsx'

/** A session that ended meanwhile (signed out elsewhere, revoked) leads back here after signing in. */
api.onSignedOut(() => {
  const { pathname, href } = router.state.location
  if (pathname.startsWith('/sign-in') || router.state.status === 'pending') return
  queryClient.removeQueries({ queryKey: ['me'] })
  void router.navigate({ to: '/sign-in', search: { to: href } })
})

api.onProofRequired(askForProof)

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root element.')

/** For so long nothing is drawn while a page is on its way, and from then on its outline. */
const OUTLINE_AFTER_MS = 1_000

// A page that is whole when it is first drawn is drawn once. React holds back for 300 ms what comes
// after an outline, and on a phone each of the two is work of its own.
await Promise.race([
  router.load().catch(console.error),
  new Promise((resolve) => setTimeout(resolve, OUTLINE_AFTER_MS)),
])

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
