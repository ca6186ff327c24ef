import { attackCases } from './attackCases.ts'
import { backpressureCases } from './backpressureCases.ts'
import type { Case } from './case.ts'
import { compressionCases } from './compressionCases.ts'
import { endCases } from './endCases.ts'
import { eventCases } from './eventCases.ts'
import { headCases } from './headCases.ts'
import { hubCases } from './hubCases.ts'
import { leavingCases } from './leavingCases.ts'
import { openCases } from './openCases.ts'
import { refusalCases } from './refusalCases.ts'
import { requestCases } from './requestCases.ts'
import { sourceCases } from './sourceCases.ts'

export const allCases: readonly Case[] = [
  ...headCases,
  ...eventCases,
  ...attackCases,
  ...sourceCases,
  ...endCases,
  ...leavingCases,
  ...backpressureCases,
  ...requestCases,
  ...refusalCases,
  ...openCases,
  ...compressionCases,
  ...hubCases,
]
