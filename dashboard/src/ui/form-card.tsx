import type { FormEventHandler, ReactNode } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'

interface Props {
  /** For those who do not see it. */
  legend: string
  title: string
  lead?: string
  /** When it counts. */
  note: string
  mayChange: boolean
  isDirty: boolean
  busy: boolean
  onSubmit: FormEventHandler
  onUndo: () => void
  children: ReactNode
}

/** Fields that are saved together. */
export function FormCard({
  legend,
  title,
  lead,
  note,
  mayChange,
  isDirty,
  busy,
  onSubmit,
  onUndo,
  children,
}: Props) {
  return (
    <form onSubmit={onSubmit}>
      <fieldset disabled={!mayChange}>
        <legend className="sr-only">{legend}</legend>
        <Card
          title={title}
          lead={lead}
          footer={
            <>
              <span>{note}</span>
              <span className="flex gap-2">
                {isDirty && (
                  <Button size="sm" variant="quiet" onClick={onUndo}>
                    {t('Undo')}
                  </Button>
                )}
                <Button type="submit" size="sm" variant="primary" disabled={!isDirty} busy={busy}>
                  {t('Save')}
                </Button>
              </span>
            </>
          }
        >
          <div className="grid grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2">{children}</div>
        </Card>
      </fieldset>
    </form>
  )
}
