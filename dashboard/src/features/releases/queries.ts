import { queryOptions, useMutation } from '@tanstack/react-query'
import type { RollBack } from '@vastrox/shared/deployment.ts'
import { Release } from '@vastrox/shared/release.ts'
import type { z } from 'zod'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const releaseList = itemsOf(Release)

export const releasesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'releases'],
    queryFn: ({ signal }) => api.get(`/apps/${app}/releases`, releaseList, { signal }),
  })

interface Wish extends z.infer<typeof RollBack> {
  number: number
}

export const useRollBack = (app: string) =>
  useMutation({
    mutationFn: ({ number, with: what }: Wish) =>
      api.post(`/apps/${app}/releases/${number}/roll-back`, ignored, { with: what }),
  })
