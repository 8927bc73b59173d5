import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '#lib/api.ts'
import { ignored } from '#lib/list-of.ts'

/** Another team is another world: nothing of the one before stays in memory. */
export function useOtherWorld<Input>(mutationFn: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => queryClient.clear(), gcTime: 0 })
}

/** On every page, so it is not among the queries of the page of the team. */
export const useSwitchTeam = () =>
  useOtherWorld((team: string) => api.post('/session/team', ignored, { team }))
