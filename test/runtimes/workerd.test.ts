import { describeConformance } from './describeConformance.ts'

describeConformance('workerd')
