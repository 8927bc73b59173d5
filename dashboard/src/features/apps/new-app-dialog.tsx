import { lazy, Suspense } from 'react'
import { Dialog } from '#ui/dialog.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

const NewAppForm = lazy(async () => ({
  default: (await import('#features/apps/new-app-form.tsx')).NewAppForm,
}))

/** Where an app begins. */
export function NewAppDialog({ open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New app"
      lead="Choose a name. You get an address and a Git remote to push to."
    >
      <Suspense fallback={<Skeleton className="h-36" />}>
        <NewAppForm onClose={onClose} />
      </Suspense>
    </Dialog>
  )
}
