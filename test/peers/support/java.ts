/** For a Java program of a test: quick to start and small, on two cores that others use too. */
export const smallJava = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"];
