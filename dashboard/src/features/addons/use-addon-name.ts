import { getRouteApi } from '@tanstack/react-router'

const route = getRouteApi('/shell/addons/$addon')

/** The add-on that the page is about. */
export const useAddonName = (): string => route.useParams({ select: ({ addon }) => addon })
