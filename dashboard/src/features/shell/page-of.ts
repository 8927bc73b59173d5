import { lazyRouteComponent, redirect } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isAllowed, meQuery } from '#features/session/queries.ts'
import { ApiError } from '#lib/api-error.ts'
import type { Given, Load } from '#lib/load.ts'
import { PageFileError } from '#lib/page-file-error.ts'
import { queryClient } from '#lib/query-client.ts'

/** For what is not there by then the page does not wait: it says itself what it still reads. */
const LIMIT_MS = 2_000
const NO_PARAMS = { name: '', addon: '', id: '', number: '' }

interface At {
  params: object
  location: { search: object; href: string }
  preload: boolean
}

/** A page in a file of its own, with what that file's `load` reads before the page is drawn. */
export function pageOf<Name extends string>(
  importer: () => Promise<Record<Name, () => ReactNode> & { load?: Load }>,
  name: Name,
) {
  const file = () =>
    importer().catch((cause: unknown) => {
      throw new PageFileError(name, { cause })
    })
  return {
    component: lazyRouteComponent(file, name),
    // A type of its own for what it is given would be the type of the parameters of every route.
    loader: async (at: object): Promise<void> => {
      // What is wrong with its file the component says.
      const { load } = (await file().catch(() => undefined)) ?? {}
      if (!load || !isAt(at)) return
      const signedOut = new AbortController()
      await Promise.race([load(givenAt(at, () => signedOut.abort())), later()])
      if (!signedOut.signal.aborted) return
      queryClient.removeQueries({ queryKey: meQuery.queryKey })
      throw redirect({ to: '/sign-in', search: { to: at.location.href }, replace: true })
    },
  }
}

const isAt = (at: object): at is At => 'params' in at && 'location' in at && 'preload' in at

function givenAt({ params, location, preload }: At, onSignedOut: () => void): Given {
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
    isGlance: preload,
    params: known,
    search: { ...location.search },
  }
}

const later = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, LIMIT_MS)
  })
