import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AlertRow } from '#features/alerts/alert-row.tsx'
import { firingQuery } from '#features/alerts/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t, tn } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'

const MOST = 4

/** On an overview: what is wrong, and nothing at all where nothing is. */
export function WrongNow({ app, className }: { app?: string; className?: string }) {
  const mayRead = useMay('alert.read')
  const { data: alerts = [] } = useQuery({ ...firingQuery(app), enabled: mayRead })
  const shown = alerts.filter(
    ({ severity, becauseOf }) => severity !== 'info' && becauseOf === null,
  )
  if (shown.length === 0) return null
  return (
    <Card
      title={tn(shown.length, 'Something is wrong', '{count} things are wrong')}
      flush
      {...(className !== undefined && { className })}
      aside={
        <Link to="/alerts" className="text-sm text-muted hover:text-ink">
          {t('All alerts')}
        </Link>
      }
    >
      <ul>
        {shown.slice(0, MOST).map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
    </Card>
  )
}
