import { lazy, Suspense } from 'react'
import { t } from '#lib/words.ts'
import { Dialog } from '#ui/dialog.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

interface Props {
  open: boolean
  /** Picked already; the form begins with it. */
  starter?: string | undefined
  onClose: () => void
}

const NewAppForm = lazy(async () => ({
  default: (await import('#features/apps/new-app-form.tsx')).NewAppForm,
}))

/** Where an app begins. */
export function NewAppDialog({ open, starter, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('New app')}
      lead={t('Choose a name, and what it begins with.')}
    >
      <Suspense fallback={<Skeleton className="h-36" />}>
        <NewAppForm starter={starter} onClose={onClose} />
      </Suspense>
    </Dialog>
  )
}
