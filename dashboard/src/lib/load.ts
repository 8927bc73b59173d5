import type {
  EnsureInfiniteQueryDataOptions,
  EnsureQueryDataOptions,
  QueryKey,
} from '@tanstack/react-query'
import type { Permission } from '@vastrox/shared/permissions.ts'

/**
 * What a page reads before it is drawn, so that it comes whole and nothing of it moves: the export
 * `load` of its file. Pointing at a link reads too, so nothing is asked that somebody may not see.
 * It is no more than a beginning: what could not be read in time, or at all, the page says itself.
 */
export type Load = (given: Given) => Promise<unknown>

export interface Given {
  /** Reads what is not known yet. */
  read: <T, E, D, K extends QueryKey>(
    query: EnsureQueryDataOptions<T, E, D, K>,
  ) => Promise<D | undefined>
  /** The first page of a long list, likewise. */
  readPages: <T, E, D, K extends QueryKey, P>(
    query: EnsureInfiniteQueryDataOptions<T, E, D, K, P>,
  ) => Promise<unknown>
  /** Whether who is signed in may, on the app of the page where it has one. */
  may: (permission: Permission) => boolean
  /** Somebody only points at a link to the page: what costs the server much is not read for that. */
  isGlance: boolean
  /** Of the page's address; empty where it has none of that name. */
  params: Readonly<Record<'name' | 'addon' | 'id' | 'number', string>>
  search: Readonly<Record<string, unknown>>
}
