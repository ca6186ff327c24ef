// app/routes/[_sse].ts
import type { LoaderFunctionArgs } from 'react-router'
import { hub } from './hub.ts'

export const loader = ({ request }: LoaderFunctionArgs): Promise<Response> => hub.fetch(request)
export const action = loader
