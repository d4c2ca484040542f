"""The engine for registers that no one machine holds: the same SQL in Spark's words, the same rules as functions.

Needs pyspark and Java, which the product doesn't install. The session is the one that `spark-submit` gives, or a local.
"""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, functions, types

from sakha.linkage.queries.engine import Columns, EngineMissing, Reader, UnreadableError

_Settings = dict[str, bool | float | int | str | None]  # as Spark's builder takes them

_EVERYWHERE: Final[_Settings] = {
    "spark.app.name": "sakha link",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ansi.enabled": "false",
    # the comparisons are more than the JVM compiles in one piece
    "spark.sql.codegen.wholeStage": "false",
}
# On one machine hundreds of steps have little to do each: what a step costs by itself is what counts.
_HERE: Final[_Settings] = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.memory": "3g",
    # the better compiler would be done when the work is
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "4",
    # it would plan each step anew between its stages
    "spark.sql.adaptive.enabled": "false",
    # nor are hundreds of plans worth compiling
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
_SUBMITTED: Final = "PYSPARK_GATEWAY_PORT"  # spark-submit says by it where its session is
_TYPES: Final[dict[str, types.DataType]] = {
    "VARCHAR": types.StringType(), "INT": types.IntegerType(), "BIGINT": types.LongType(),
}  # fmt: skip
_BY_KIND: Final[dict[str, types.DataType]] = {
    "O": types.StringType(), "U": types.StringType(), "i": types.LongType(), "f": types.DoubleType(),
}  # fmt: skip
_LOUD: Final = ("py4j", "pyspark")


class SparkEngine:
    """Tables as views of one session."""

    def __enter__(self) -> Self:
        """Take the session, or start a local one."""
        for name in _LOUD:
            logging.getLogger(name).setLevel(logging.ERROR)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        try:
            self._spark = SparkSession.builder.config(map=_settings()).getOrCreate()
        except (PySparkException, RuntimeError, OSError):
            raise EngineMissing(engine="spark") from None
        self._spark.sparkContext.setLogLevel("OFF")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the session."""
        self._spark.stop()

    def load_csv(self, path: Path, table: str, columns: Sequence[str], delimiter: str) -> None:
        """Load the text columns of a file, its rows numbered in their order."""
        schema = types.StructType([types.StructField(name, types.StringType()) for name in columns])
        try:
            rows = self._spark.read.csv(
                str(path.resolve()), schema=schema, header=True, sep=delimiter, quote='"', escape='"', multiLine=True,
                mode="FAILFAST", enforceSchema=True,
            )  # fmt: skip
            rows = rows.withColumn("place", functions.monotonically_increasing_id())
            rows.createOrReplaceTempView("numbered")
            self._keep(
                table,
                self._spark.sql(
                    f"SELECT row_number() OVER (ORDER BY place) AS rid, {', '.join(columns)} FROM numbered"
                ),
            )
        except PySparkException as error:
            raise UnreadableError from error

    def table(self, name: str, query: str) -> None:
        """Make a table of a query's rows."""
        self._keep(name, self._rows(query))

    def append(self, name: str, query: str) -> None:
        """Add a query's rows to a table."""
        self._spark.table(name).union(self._rows(query).localCheckpoint()).createOrReplaceTempView(name)

    def fetch(self, query: str) -> Columns:
        """Give a query's columns as arrays, on this machine."""
        rows = self._rows(query)
        collected = rows.collect()
        columns: Columns = {}
        for place, field in enumerate(rows.schema.fields):
            kind: Any = object
            if isinstance(field.dataType, (types.IntegerType, types.LongType)):
                kind = np.int64
            elif isinstance(field.dataType, types.DoubleType):
                kind = np.float64
            columns[field.name] = np.array([row[place] for row in collected], dtype=kind)
        return columns

    def put(self, name: str, columns: Columns) -> None:
        """Make a table of arrays."""
        schema = types.StructType(
            [types.StructField(column, _BY_KIND[values.dtype.kind]) for column, values in columns.items()]
        )
        rows = list(zip(*(values.tolist() for values in columns.values()), strict=True))
        self._keep(name, self._spark.createDataFrame(rows, schema))

    def read_values(self, name: str, query: str, reader: Reader, types: dict[str, str]) -> None:
        """Let the workers call the reader."""
        rows = self._rows(query)
        raw = rows.columns
        read = functions.udf(reader, _struct(types), useArrow=False)
        made = rows.withColumn("read", read(*raw))
        self._keep(name, made.select(*raw, *(functions.col(f"read.{column}") for column in types)))

    def save(self, query: str, path: Path) -> None:
        """Write a query's rows as Parquet."""
        self._rows(query).write.mode("overwrite").parquet(str(path.resolve()))

    def load(self, path: Path, table: str) -> None:
        """Load Parquet as a table."""
        self._keep(table, self._spark.read.parquet(str(path.resolve())))

    def drop(self, *names: str) -> None:
        """Forget tables."""
        for name in names:
            self._spark.catalog.dropTempView(name)

    def _rows(self, query: str) -> DataFrame:
        return self._spark.sql(in_spark_words(query))

    def _keep(self, name: str, rows: DataFrame) -> None:
        # made at once and cut off from how it was made: plans don't grow, and a step's error is its own
        rows.localCheckpoint().createOrReplaceTempView(name)


def in_spark_words(query: str) -> str:
    """Write a query of ours as Spark understands it."""
    return sqlglot.transpile(query, read="duckdb", write="spark")[0].replace("KEY_OF(", "xxhash64(")


def open_engine() -> SparkEngine:
    """Give the engine, not yet started."""
    return SparkEngine()


def _settings() -> _Settings:
    # whoever submits to a cluster says there how wide its steps are
    return _EVERYWHERE if _SUBMITTED in os.environ else _EVERYWHERE | _HERE


def _struct(columns: dict[str, str]) -> types.StructType:
    return types.StructType([types.StructField(column, _TYPES[kind]) for column, kind in columns.items()])
