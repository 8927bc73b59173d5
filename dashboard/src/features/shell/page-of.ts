import { lazyRouteComponent, redirect } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isAllowed, meQuery } from '#features/session/queries.ts'
import { ApiError } from '#lib/api-error.ts'
import type { Given, Load } from '#lib/load.ts'
import { queryClient } from '#lib/query-client.ts'

/** For what is not there by then the page does not wait: it says itself what it still reads. */
const LIMIT_MS = 2_000
const NO_PARAMS = { name: '', addon: '', id: '', number: '' }

interface At {
  params: object
  location: { search: object; href: string }
}

/** A page in a file of its own, with what that file's `load` reads before the page is drawn. */
export function pageOf<Name extends string>(
  importer: () => Promise<Record<Name, () => ReactNode> & { load?: Load }>,
  name: Name,
) {
  return {
    component: lazyRouteComponent(importer, name),
    // A type of its own for what it is given would be the type of the parameters of every route.
    loader: async (at: object): Promise<void> => {
      const { load } = await importer()
      if (!load || !isAt(at)) return
      const signedOut = new AbortController()
      await Promise.race([load(givenAt(at, () => signedOut.abort())), later()])
      if (!signedOut.signal.aborted) return
      queryClient.removeQueries({ queryKey: meQuery.queryKey })
      throw redirect({ to: '/sign-in', search: { to: at.location.href }, replace: true })
    },
  }
}

const isAt = (at: object): at is At => 'params' in at && 'location' in at

function givenAt({ params, location }: At, onSignedOut: () => void): Given {
  const known = { ...NO_PARAMS, ...params }
  const me = queryClient.getQueryData(meQuery.queryKey)
  /** The page itself says what it could not read, but for a session that is over. */
  const failed = (error: unknown): undefined => {
    if (error instanceof ApiError && error.status === 401) onSignedOut()
  }
  return {
    read: (query) => queryClient.ensureQueryData(query).catch(failed),
    readPages: (query) => queryClient.ensureInfiniteQueryData(query).catch(failed),
    may: (permission) => me !== undefined && isAllowed(me, permission, known.name),
    params: known,
    search: { ...location.search },
  }
}

const later = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, LIMIT_MS)
  })
