"""Kinds for modules that every model loads: with these, `isinstance` and `of_kind` do not import a kind that the model does not use."""

from typing import TYPE_CHECKING

__all__ = [
    "ApiGateway",
    "ContainerCluster",
    "ContainerService",
    "DocumentDatabase",
    "EventBus",
    "ExternalSystem",
    "FileStore",
    "Function",
    "Queue",
    "Schedule",
    "Stream",
    "Topic",
    "VirtualMachine",
    "VirtualMachineGroup",
]

if TYPE_CHECKING:
    from archgen.kinds.api_gateway import ApiGateway
    from archgen.kinds.container_cluster import ContainerCluster
    from archgen.kinds.container_service import ContainerService
    from archgen.kinds.document_database import DocumentDatabase
    from archgen.kinds.event_bus import EventBus
    from archgen.kinds.external_system import ExternalSystem
    from archgen.kinds.file_store import FileStore
    from archgen.kinds.function import Function
    from archgen.kinds.queue import Queue
    from archgen.kinds.schedule import Schedule
    from archgen.kinds.stream import Stream
    from archgen.kinds.topic import Topic
    from archgen.kinds.virtual_machine import VirtualMachine
    from archgen.kinds.virtual_machine_group import VirtualMachineGroup
else:
    from archgen.model.on_demand import on_demand

    ApiGateway = on_demand("archgen.kinds.api_gateway", "ApiGateway")
    ContainerCluster = on_demand("archgen.kinds.container_cluster", "ContainerCluster")
    ContainerService = on_demand("archgen.kinds.container_service", "ContainerService")
    DocumentDatabase = on_demand("archgen.kinds.document_database", "DocumentDatabase")
    EventBus = on_demand("archgen.kinds.event_bus", "EventBus")
    ExternalSystem = on_demand("archgen.kinds.external_system", "ExternalSystem")
    FileStore = on_demand("archgen.kinds.file_store", "FileStore")
    Function = on_demand("archgen.kinds.function", "Function")
    Queue = on_demand("archgen.kinds.queue", "Queue")
    Schedule = on_demand("archgen.kinds.schedule", "Schedule")
    Stream = on_demand("archgen.kinds.stream", "Stream")
    Topic = on_demand("archgen.kinds.topic", "Topic")
    VirtualMachine = on_demand("archgen.kinds.virtual_machine", "VirtualMachine")
    VirtualMachineGroup = on_demand("archgen.kinds.virtual_machine_group", "VirtualMachineGroup")
