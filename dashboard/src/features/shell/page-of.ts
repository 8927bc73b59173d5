import { lazyRouteComponent } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isAllowed, meQuery } from '#features/session/queries.ts'
import type { Given, Load } from '#lib/load.ts'
import { queryClient } from '#lib/query-client.ts'

/** For what is not there by then the page does not wait: it says itself what it still reads. */
const LIMIT_MS = 2_000
const NO_PARAMS = { name: '', addon: '', id: '', number: '' }

interface At {
  params: object
  location: { search: object }
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
      if (load && isAt(at)) await Promise.race([load(givenAt(at)), later()])
    },
  }
}

const isAt = (at: object): at is At => 'params' in at && 'location' in at

function givenAt({ params, location }: At): Given {
  const known = { ...NO_PARAMS, ...params }
  const me = queryClient.getQueryData(meQuery.queryKey)
  return {
    // The page itself says what it could not read.
    read: (query) => queryClient.ensureQueryData(query).catch(() => undefined),
    readPages: (query) => queryClient.ensureInfiniteQueryData(query).catch(() => undefined),
    may: (permission) => me !== undefined && isAllowed(me, permission, known.name),
    params: known,
    search: { ...location.search },
  }
}

const later = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, LIMIT_MS)
  })
