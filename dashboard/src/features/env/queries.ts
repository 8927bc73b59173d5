import { queryOptions, useMutation } from '@tanstack/react-query'
import { EnvChanged, EnvVariable } from '@vastrox/shared/env.ts'
import { api } from '#lib/api.ts'
import { itemsOf } from '#lib/list-of.ts'
import type { EnvDraft } from '#features/env/env-draft.ts'

const envList = itemsOf(EnvVariable)

export const envQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'env'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/env`, envList, { signal }),
  })

/** One value. The platform writes down who asked for it. */
export const useReveal = (app: string) =>
  useMutation({
    mutationFn: async (key: string) => {
      const { value } = await api.get(`/apps/${app}/env/${key}`, EnvVariable)
      return value ?? ''
    },
    // A value stays no longer than the row that shows it.
    gcTime: 0,
  })

/** All changes at once: one release, one deployment; null when nothing is live to deploy. */
export const useSaveEnv = (app: string) =>
  useMutation({
    mutationFn: (draft: EnvDraft) =>
      api.patch(`/apps/${app}/env`, EnvChanged, { set: Object.fromEntries(draft) }),
  })
